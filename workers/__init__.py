"""The Celery face: slots come in, synthmill.app.core.execution does them."""
