"""CARDS KEPT, AND WHO LETS THEM RATE. A card is a draft, rates in the shadow, goes live, and retires.

One member of staff moves a card between draft, shadow and retired; into the live stage and out of it takes two: one
proposes with a reason, another approves. `stages` says which way is open to whom, `proposal` what a proposal is,
`actions` make the changes, one at a time for the whole house. Nothing is ever taken away: a card that retired can come
back the same way it went.
"""
