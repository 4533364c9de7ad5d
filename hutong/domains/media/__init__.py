"""Files: pictures, sounds, films and documents that people and apps put here.

A *file* belongs to one owner, is reached by an unguessable handle, and never changes; its bytes are kept by
their hash, once. Images are decoded and written anew before they are kept, so nothing hides in them, neither
a place nor a script. Whoever may see a file is given a signed address that ends by itself.
"""
