"""A PERSON LOOKS (人工审核). Files the computer referred, and decisions somebody asks a person to look at again.

A case bears the id of the decision it is about. It waits at the desk by priority and age until a reviewer takes it;
while it is held nobody else decides about it. `interview` is the conversation by video, guided by questions made from
the file; `verdict` is what the reviewer decides: a decision of its own, kept and replayable like the computer's, with
a second person where the table of limits says so, and never beyond what no person may grant.
"""
