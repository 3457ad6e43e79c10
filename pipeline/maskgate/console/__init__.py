"""The review console: shows what is held, drafts what reviewers sign, passes signatures on. It decides nothing.

Calls come in by ``app``, through ``guard`` (name, origin, caller, size), to ``pages`` (HTML) or ``api`` (JSON).
``access`` says who may see what, ``submitted`` looks at what was signed before it is stored, ``verdict`` tells what the
gate made of it. ``index`` and ``queries`` hold the requests, ``feed`` keeps them up with the gate. ``present``,
``previews``, ``history`` and ``text`` turn a request into what people read. ``desk`` is a reviewer's side for the
command line and ``tui``. ``auth`` and ``memory`` know who is signed in and which signed calls were made.
"""
