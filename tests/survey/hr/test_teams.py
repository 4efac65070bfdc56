"""HR sets teams and circles up."""

import re

from survey.db import transaction
from survey.models.people import Employee
from tests.factories import make_team, make_unit

TEAMS = "/staff/hr/people/teams"


def test_a_team_is_set_up_somebody_joins_and_leaves(hr, databases):
    with transaction(databases.people) as session:
        people = make_team(session, make_unit(session), 3)
    made = hr.post(TEAMS, data={"name": "Tim SPBE", "decree": "SK 1"}, follow_redirects=True).text
    assert "Tim SPBE" in made and "Belum ada anggota" in made
    assert hr.post(TEAMS, data={"name": "Tim SPBE"}).status_code == 422
    address = re.search(r'href="(/staff/hr/people/teams/[^"]+)"', hr.get(TEAMS).text)[1]
    joins = {"employee": people[1].number, "leads": "y", "begins_on": "2026-10-01"}
    shown = hr.post(address, data=joins, follow_redirects=True).text
    assert people[1].name in shown and "ketua" in shown
    refused = hr.post(address, data=joins)
    assert refused.status_code == 422 and "sudah ada di tim ini" in refused.text
    refused = hr.post(address, data=joins | {"employee": "1"})
    assert refused.status_code == 422 and "Tidak ada pegawai dengan NIP" in refused.text
    leave = re.search(r'action="([^"]+/leave)"', shown)[1]
    assert "lebih awal" in hr.post(leave, data={"ends_on": "2026-09-01"}, follow_redirects=True).text
    assert "24 November 2026" in hr.post(leave, data={"ends_on": "2026-11-24"}, follow_redirects=True).text
    person = hr.get(f"/staff/hr/people/employees/{people[1].public_id}").text
    assert "Tim SPBE" in person


def test_a_circle_is_made_counts_its_members_and_is_removed(hr, databases):
    with transaction(databases.people) as session:
        for employee in make_team(session, make_unit(session), 2):
            session.get_one(Employee, employee.id).job_kind = "fungsional"
    circle = {"name": "Analis", "job_kind": "fungsional", "title_begins": "ana"}
    shown = hr.post("/staff/hr/people/circles/new", data=circle, follow_redirects=True).text
    assert '<td class="number">3</td>' in shown
    assert hr.post("/staff/hr/people/circles/new", data=circle).status_code == 422
    remove = re.search(r'action="([^"]+/remove)"', shown)[1]
    assert "Lingkaran dihapus" in hr.post(remove, follow_redirects=True).text
    assert hr.post(remove).status_code == 404


def test_the_list_asks_no_more_often_for_more_teams(hr, databases, count_statements):
    for number in range(12):
        hr.post(TEAMS, data={"name": f"Tim {number}"})
    with count_statements(databases.people) as counted:
        hr.get(TEAMS)
    assert counted() <= 8
