"""WHAT IS FOR SALE. A product is a document: validated when it is read, never changed once published.

`document` says what a product may state and names the field where one is wrong, `presets/` holds the shipped products,
`actions` publishes versions, `queries` finds them again. The engine knows no product by name.
"""
