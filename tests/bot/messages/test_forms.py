"""What every form has in common."""

from __future__ import annotations

import pytest

from bot.messages.forms import PEOPLE_FIELDS
from bot.messages.model import Form, PeopleField
from tests.support.messages import forms

FORMS = dict(forms())


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_field_in_which_people_are_chosen_is_read_as_people(form: Form) -> None:
    people = [field.id for field in form.fields if isinstance(field, PeopleField)]
    assert set(people) <= set(PEOPLE_FIELDS)
