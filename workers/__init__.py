"""The Celery face: slots come in, app.core.work does them."""
