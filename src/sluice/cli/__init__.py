"""The `sluice` command: parse, call one operation, print. No decision is made here."""
