"""One operation, one function: what the scripts, the commands and a notebook all call."""
