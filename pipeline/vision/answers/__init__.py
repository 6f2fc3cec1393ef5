"""Turns what a model wrote into sanitised HTML, or into a reason why that is impossible."""
