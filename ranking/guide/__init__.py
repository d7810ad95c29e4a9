"""Help to choose: the next question for a buyer, from what is left to choose from, and the best of it."""
