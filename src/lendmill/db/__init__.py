"""WHERE IT IS KEPT. PostgreSQL: connections, rows, migrations, and a server of our own when none is given.

`Database` opens a pool and runs actions in transactions; `rows` has the few verbs the rooms read and write with;
`migrate` brings a database to today's schema; `embedded` starts a real PostgreSQL from a wheel.
"""

from lendmill.db.database import Database, Db
from lendmill.db.rows import copy_in, copy_text, escaped, many, maybe, note, one, run, scalar

__all__ = ["Database", "Db", "copy_in", "copy_text", "escaped", "many", "maybe", "note", "one", "run", "scalar"]
