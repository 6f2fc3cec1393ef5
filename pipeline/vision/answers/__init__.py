"""From what a model wrote to sanitised HTML, or a reason why not."""
