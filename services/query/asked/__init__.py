"""How questions are asked: parameters, pages of lists, words that are searched."""
