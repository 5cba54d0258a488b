"""What a person decides about a file: a decision of its own, within what no person may pass, kept to be made again."""
