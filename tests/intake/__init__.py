"""Result files: reading, checking, recording, the command and the counter's pages."""
