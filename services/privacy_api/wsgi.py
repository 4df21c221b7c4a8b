"""What gunicorn serves: the application with the environment's settings."""

from privacy_api.app import create_app
from privacy_api.settings import read_settings

app = create_app(read_settings())
