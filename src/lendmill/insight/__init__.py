"""WHAT IS TOLD, TO WHOM. The portfolio in figures, and the controls that hold the loans against the books."""
