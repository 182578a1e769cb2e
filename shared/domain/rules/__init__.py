"""The rule catalogue: what a reading is judged by, one module per family (message, time, value, gas).

`catalogue.CATALOGUE` lists every rule in order, `judging.judge` applies them to many readings at once.
"""
