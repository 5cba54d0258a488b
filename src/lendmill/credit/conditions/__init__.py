"""What is asked for beside a promise: a guarantor or collateral, told, verified by somebody else, and then drawn on."""
