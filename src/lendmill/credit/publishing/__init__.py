"""POLICIES AND PRODUCTS MADE READY TO DECIDE. What a document must fit before others live by it, and how it is told.

`queries` gives the policy that is live on a day, those that are live for a share of borrowers, and those tried in the
shadow; `stating` puts a document's tables, rules and figures from law into words.
"""
