"""Gas physics: what follows from a composition.

`iso6976.properties` gives calorific values, density and Wobbe index of the compositions of many analyses at once.
"""
