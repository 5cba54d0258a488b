"""THE DOOR FOR PEOPLE. Pages for sellers, made for a phone first, and for the staff; Chinese and English.

`app` puts the pages and the API together; `pages` draws a template with the caller's words; `words` holds the two
languages. One file for each thing a person comes for. Our own CSS and a little JavaScript; nothing from outside.
"""
