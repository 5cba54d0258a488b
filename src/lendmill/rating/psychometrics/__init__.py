"""WHAT A SELLER SAYS OF THEMSELVES. A voluntary questionnaire of ten minutes, and how far its scores go.

`bank.toml` is what can be asked; `item` holds it to its rules; `form` draws one person's form from it by a seed.
`graded` is the graded-response model that turns answers into traits with their standard errors, `fitting` estimates its
parameters from answers. `timing` and `indices` say how the answers were given: consistent, embellished, hurried,
concealing. `scoring` puts it together, exactly the same again from the same answers. `attempt` holds consent, deadline
and what may not be done; `validity` says what is and is not known about all of it. No policy uses it unless it says so,
and no score of it is ever a reason told to a seller.
"""
