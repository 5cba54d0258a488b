"""RULES IN AN ANALYST'S OWN WORDS: SQL's expressions over named facts, the same text for one shop and for a million.

`vocabulary` lists the facts a rule may name, `grammar` reads a text and checks its types, `rows` works it out for one
applicant, `columns` for a table of them, `rule` says what follows. What is not known makes a rule unknown, never a
pass.
"""
