"""What the house needs from outside, as small Protocols; only `runtime` knows who answers them."""
