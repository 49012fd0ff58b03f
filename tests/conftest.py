"""What all tests share."""

pytest_plugins = ["botapi.fixtures"]
