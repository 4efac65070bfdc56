"""What a check found, and how it is said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One statement that was checked; `detail` holds the figures, or what is wrong."""

    check: str
    holds: bool
    detail: str = ""


# What is checked, in Indonesian and English.
WORDS = {
    "manifest_form": ("Manifes tertulis menurut aturan", "The manifest is written by the rules"),
    "manifest_keys": (
        "Kedua lapisan memiliki kunci berbeda dan pemilik sesuai modus",
        "Both layers have keys of their own and the owners of the mode",
    ),
    "scopes_form": ("Daftar cakupan tertulis menurut aturan", "The list of scopes is written by the rules"),
    "scopes_root": ("Daftar cakupan cocok dengan manifes", "The list of scopes is the one of the manifest"),
    "log_chain": ("Rantai catatan utuh", "The chain of the log is whole"),
    "log_continues": (
        "Catatan melanjutkan salinan yang disimpan dahulu",
        "The log goes on from the copy that was kept before",
    ),
    "log_opening": ("Catatan memuat manifes ini saat dibuka", "The log holds this manifest at opening"),
    "log_order": ("Urutan kejadian benar", "Events are in their order"),
    "box_grows": ("Isi kotak suara tidak pernah berkurang", "The box never lost a ballot"),
    "papers_replaced": (
        "Lembar pengganti tidak melebihi bagian yang diizinkan manifes",
        "No more papers were replaced than the manifest allows",
    ),
    "box_within_papers": (
        "Lembar dalam kotak tidak melebihi yang dibagikan",
        "The box holds no more ballots than papers",
    ),
    "lists_follow": (
        "Daftar yang diserahkan dan dikembalikan pemegang kunci cocok",
        "Lists handed to key holders and brought by them fit",
    ),
    "counted_fits": ("Jumlah terhitung cocok dengan isi kotak", "What was counted fits the box"),
    "receipts_form": ("Daftar tanda terima tertulis menurut aturan", "The receipts are written by the rules"),
    "receipts_counted": (
        "Tanda terima sebanyak lembar yang dihitung",
        "There are as many receipts as ballots counted",
    ),
    "receipts_told": (
        "Daftar tanda terima sama dengan yang dicatat saat penghitungan",
        "The receipts are those that the log told at the count",
    ),
    "ballots_list": ("Daftar lembar terbuka utuh", "The opened list is whole"),
    "ballots_stamps": ("Setiap lembar memiliki cap yang sah", "Every ballot has a valid stamp"),
    "ballots_once": ("Setiap cap dipakai satu kali", "Every stamp was used once"),
    "ballots_receipts": ("Setiap lembar memiliki tanda terima", "Every ballot has its receipt"),
    "figures_form": (
        "Paket angka lengkap dan milik periode ini",
        "The package of figures is whole and of this cycle",
    ),
    "figures_items": (
        "Butir yang tidak dihitung sesuai aturan manifes dan catatan",
        "Items that do not count fit the manifest's rule and the log",
    ),
    "figures_groups": (
        "Rata-rata tiap kelompok dapat dihitung ulang",
        "Means of groups are those of the vault",
    ),
    "figures_scales": (
        "Nilai gabungan tiap perilaku dapat dihitung ulang",
        "Composites of behaviours follow from the means",
    ),
    "figures_citizens": (
        "Bagian masyarakat mengikuti jumlah jawaban dan aturan yang diumumkan",
        "The citizens' part follows from the sums and the published rule",
    ),
    "figures_overall": (
        "Nilai gabungan keseluruhan dapat dihitung ulang",
        "Overall composites follow from the behaviours",
    ),
}
LANGUAGES = ("id", "en")


def line(finding: Finding, language: str) -> str:
    """One finding as a line of text."""
    sign = "OK  " if finding.holds else "X   "
    words = WORDS[finding.check][LANGUAGES.index(language)]
    return f"{sign}{words}" + (f": {finding.detail}" if finding.detail else "")
