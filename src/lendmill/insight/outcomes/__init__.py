"""What became of the decisions that lent, told to the rooms below that made them: the rating learns how it did."""
