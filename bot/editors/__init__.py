"""Editors: the queue of questions that people passed on, and those who answer it.

Editors are the accounts that `HEARSAY_ADMINS` lists by number. They work in their private chat with
the bot; nobody else sees that there is a queue.
"""
