"""Mini programs: versions of their code, what a person who opens one lets it know, and what it may tell them later.

Promises: a login or phone code works once, for five minutes, at the program it was made for; a program
learns a phone number only after the person said yes this time; a released version stays what it was; a tick lets
a program write once, and nobody hears from one they refused; a device is nobody, and the next customer at it finds
nothing of the last.
"""
