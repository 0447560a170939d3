"""The voice line: its states, its prompts, the telephone it speaks to, and what officers see of a call."""
