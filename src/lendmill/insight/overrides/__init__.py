"""How often people were right who decided otherwise than the computer, told from what became of the loans."""
