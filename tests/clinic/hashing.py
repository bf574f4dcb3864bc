"""How the tests hash passwords: as in service, at the least cost."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickHasher(Argon2PasswordHasher):
    """Argon2 with so little memory and time that nobody waits for it."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
