"""Tags of the small signs."""

from django import template

register = template.Library()
