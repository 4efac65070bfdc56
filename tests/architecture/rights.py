"""Who may open which page: every route and every kind of account, in one table.

A new route needs a line here, or `test_rights.py` fails. Pages that are open to all, signed in or not, stand
under EVERYBODY; what is not listed for a kind of account answers 403, and sends strangers to the sign-in.
"""

ADMIN = frozenset({"hr_admin"})  # decides over cycles, weights, results and who may do what
CITY_HR = ADMIN | {"hr_operator"}  # an operator whose grant names no unit
HR = CITY_HR | {"unit_desk"}  # and one whose grant names a unit: services show that unit alone
TEAM = frozenset({"unit_head", "supervisor"})
ROLES = HR | TEAM | {"approver", "auditor", "employee"}
EVERYBODY = ROLES | {"stranger"}


NAMED: list[str] = []  # every page that a line below names, as often as it does


def _of(allowed: frozenset[str], door: str, pages: str) -> dict[str, frozenset[str]]:
    found = [f"{door}.{page}" for page in pages.split()]
    NAMED.extend(found)
    return dict.fromkeys(found, allowed)


RIGHTS = {
    "static": EVERYBODY,
    **_of(EVERYBODY, "public", "home promise genuine method healthz readyz unit receipt_list receipt_lists"),
    **_of(
        EVERYBODY, "public", "cycles cycle cycle_log cycle_manifest cycle_receipts cycle_scopes questionnaire"
    ),
    **_of(EVERYBODY, "public", "city city_csv metadata unit_badge unit_csv unit_notice publications"),
    **_of(EVERYBODY, "citizen", "start start_with_code answer rate_officer withdraw withdraw_answer"),
    **_of(EVERYBODY, "kiosk", "page worker place drop"),
    **_of(EVERYBODY, "respond", "start papers paper send list_papers take questionnaire"),
    **_of(EVERYBODY, "box", "drop"),
    **_of(EVERYBODY, "sign_in", "form sign_in sign_out activation activate"),
    **_of(ROLES, "sign_in", "home password change_password"),
    **_of(frozenset({"employee"}), "me", "home own_code appraisal citizens"),
    **_of(TEAM, "team", "home employee list_briefings remove_briefing"),
    **_of(frozenset({"employee"}), "me", "name_peers decline_to_rate"),
    **_of(TEAM, "team", "nominations decide_nomination"),
    **_of(ADMIN, "hr", "nominate"),
    **_of(
        frozenset({"approver"}),
        "approval",
        "home replacement approve decline rater_list approve_list decline_list",
    ),
    **_of(frozenset({"auditor"}), "auditor", "home acts check_trail"),
    # HR: people and cycles to look at, slips, what narrows to a unit
    **_of(
        HR,
        "hr",
        "home cycle people unit employee instruments instrument replacements results download"
        " download_groups",
    ),
    **_of(
        HR | {"unit_head"},
        "offices",
        "home show add_promise change_promise add_change remove_change set_users report",
    ),
    **_of(HR | {"unit_head"}, "offices", "weights remove_weights"),
    **_of(HR | {"unit_head"}, "offices", "add_indicator bring_values days remove_indicator"),
    **_of(HR, "hr", "slips confirm_slips print_slips instrument_changes employees employees_file"),
    **_of(HR, "hr", "invite desk desk_unit print_activation"),
    # HR of the whole city
    **_of(CITY_HR, "hr", "choose_files look_at_files difference_file apply_files cancel_import template"),
    **_of(CITY_HR, "hr", "teams team leave_team add_circle remove_circle"),
    **_of(CITY_HR, "hr", "imports past_import undo_import transfer give_post end_post leave change_unit"),
    **_of(CITY_HR, "hr", "assign quality quality_plot list_comments black_out minutes"),
    **_of(CITY_HR, "hr", "new_instrument copy_instrument draft draft_general draft_part"),
    **_of(CITY_HR, "hr", "draft_arrange draft_step draft_preview discard_draft"),
    **_of(CITY_HR, "hr", "show_feasibility"),
    **_of(CITY_HR, "hr", "drawn drawn_scopes confirm_drawn print_drawn"),
    **_of(CITY_HR, "hr", "service_points add_service_point service_point service_point_code"),
    **_of(CITY_HR, "hr", "channels print_roll void_roll add_kiosk retire_kiosk"),
    **_of(CITY_HR, "hr", "pause_service_point resume_service_point service_point_poster"),
    **_of(CITY_HR, "hr", "poster_file paper_form_file"),
    # the admin
    **_of(ADMIN, "hr", "new_cycle discard open_cycle extend raise_minimum close cancel closing release"),
    **_of(ADMIN, "hr", "publish_draft accept_quality leave_out_items keep_items"),
    **_of(ADMIN, "hr", "change_plan replan ask_approval written_decision conflict_pairs remove_conflict"),
    **_of(CITY_HR, "hr", "officers"),
    **_of(ADMIN, "hr", "list_partners bring_pairs remove_pairs set_partner_rule remove_partner_rule"),
    **_of(ADMIN, "hr", "waves new_wave wave test_wave start_wave move_wave refused_addresses mend_address"),
    **_of(ADMIN, "hr", "key_holders bring_holder_file challenge download_list upload_list"),
    **_of(ADMIN, "hr", "accounts account give_role take_role switch_off switch_on"),
    # questionnaires as files, the item bank, explaining first
    **_of(EVERYBODY, "public", "explained slides practice"),
    **_of(HR, "hr", "instrument_file list_briefings remove_briefing items item"),
    **_of(CITY_HR, "hr", "bring_instrument put_item"),
    # answers that are entered for others
    **_of(HR | {"unit_head"}, "offices", "entry assisted paper"),
    # which channels the index counts
    **_of(HR | {"unit_head"}, "offices", "official_channels take_back_channels"),
    # what citizens wrote
    **_of(HR | {"unit_head"}, "offices", "list_suggestions suggestions_file suggestion"),
}
