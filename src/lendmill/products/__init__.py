"""WHAT IS FOR SALE. A product is a document: validated when it is read, never changed once published.

`document` says what a product may state and names the field where one is wrong, `law` which figures are not the
lender's to choose, `presets/` holds the shipped products. `publishing` takes versions of products and policies alike
from draft to live by two people, `queries` says what is for sale on a day. The engine knows no product by name.
"""
