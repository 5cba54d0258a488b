"""WHO IS AT THE DOOR. Accounts, passwords, sessions and access tokens.

Passwords are kept as argon2 hashes, sessions and tokens as hashes of random secrets. Who tries too often waits.
`demo_accounts` makes one seller and one account per role for a demonstration; their passwords are drawn by chance
and written to a file only the owner may read.
"""

from lendmill.people.sign_in.actions import demo_accounts
from lendmill.people.sign_in.queries import Caller

__all__ = ["Caller", "demo_accounts"]
