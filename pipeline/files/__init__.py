"""Writes files whole, opens them inside one folder only, and locks them."""
