"""Tables that belong together: which rows are whose, how they follow from one another, and rows of them."""
