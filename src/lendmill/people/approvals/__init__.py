"""TWO PEOPLE FOR WHAT MOVES MONEY BY HAND (四眼原则). Proposals, and what somebody else decided about them.

One member of staff proposes a change of a loan, another approves or declines it, once. What is approved is carried out
in the same transaction, by a function the caller gives: this room knows nothing of loans. `rules` says which kinds of
change take two people, from which amount on, and who may propose and who may approve what.
"""
