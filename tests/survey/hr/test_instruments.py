"""HR's pages of questionnaires."""

import pytest

from instruments.catalogue import catalogue


def test_the_list_names_every_questionnaire_with_its_fingerprint(hr):
    page = hr.get("/staff/hr/instruments").get_data(as_text=True)
    for instrument in catalogue():
        assert instrument.title.id in page
        assert instrument.content_hash()[:16] in page


@pytest.mark.parametrize("words", ["id", "en"])
@pytest.mark.parametrize("instrument", catalogue(), ids=lambda each: each.code)
def test_each_rater_group_sees_its_items_in_both_languages(hr, instrument, words):
    address = f"/staff/hr/instruments/{instrument.code}/{instrument.version}"
    for group in instrument.rater_groups:
        page = hr.get(f"{address}?group={group}&words={words}").get_data(as_text=True)
        seen = {item.code for item in instrument.items if f'name="{item.code}"' in page}
        assert seen == {item.code for item in instrument.items_for(group)}
        assert instrument.options_for(instrument.items[0])[0].label.in_language(words) in page


def test_an_unknown_group_shows_the_first(hr):
    page = hr.get("/staff/hr/instruments/berakhlak_short/1?group=nobody&words=xx").get_data(as_text=True)
    assert '<div lang="id" class="sheet sheet--desktop">' in page


@pytest.mark.parametrize("address", ["none/1", "berakhlak_short/99"])
def test_an_unknown_questionnaire_has_a_kind_page(hr, address):
    assert hr.get(f"/staff/hr/instruments/{address}").status_code == 404
