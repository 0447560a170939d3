/* Additions where script runs; nothing depends on it. */
