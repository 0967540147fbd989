//! The names that other systems give to what we call name, owner, status …, in English and Malay: only for guessing,
//! which is always shown and can be changed.

/// Target, and what a column of it may be called: letters and digits only, lower case.
const NAMES: [(&str, &[&str]); 17] = [
    (
        "id",
        &[
            "externalid",
            "leadid",
            "contactid",
            "dealid",
            "opportunityid",
            "ref",
            "reference",
            "rujukan",
            "norujukan",
        ],
    ),
    ("name", &["fullname", "leadname", "contactname", "dealname", "title", "nama", "namapenuh"]),
    (
        "company",
        &[
            "account",
            "accountname",
            "companyname",
            "organisation",
            "organization",
            "syarikat",
            "namasyarikat",
        ],
    ),
    ("email", &["emailaddress", "mail", "emel", "alamatemel"]),
    (
        "phone",
        &[
            "phonenumber",
            "mobile",
            "mobilephone",
            "telephone",
            "tel",
            "telefon",
            "notelefon",
            "nomtelefon",
            "nohp",
        ],
    ),
    ("value", &["amount", "dealvalue", "closevalue", "dealamount", "revenue", "nilai", "jumlah", "harga"]),
    ("source", &["leadsource", "origin", "channel", "sumber", "punca"]),
    (
        "owner",
        &[
            "salesagent",
            "agent",
            "rep",
            "salesrep",
            "leadowner",
            "assignedto",
            "pemilik",
            "wakil",
            "jurujual",
        ],
    ),
    ("team", &["salesteam", "regionaloffice", "region", "pasukan", "kumpulan"]),
    ("status", &["leadstatus", "dealstatus", "dealstage", "state", "keadaan", "statuslead"]),
    ("stage", &["lifecyclestage", "leadstage", "peringkat", "tahap"]),
    ("reason", &["lossreason", "lostreason", "disqualificationreason", "sebab"]),
    (
        "record",
        &["id", "externalid", "leadid", "recordid", "contactid", "dealid", "opportunityid", "rujukan"],
    ),
    ("from", &["fromstatus", "oldstatus", "oldvalue", "previous", "dari"]),
    ("to", &["tostatus", "newstatus", "newvalue", "status", "ke", "kepada"]),
    ("actor", &["by", "user", "who", "changedby", "oleh", "pengguna"]),
    ("at", &["date", "time", "when", "changedat", "timestamp", "createdat", "tarikh", "masa"]),
];

/// Whether a column's header is another system's name for a target.
pub fn sounds_like(header: &str, target: &str) -> bool {
    let plain: String = header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    NAMES.iter().any(|(word, names)| *word == target && names.contains(&plain.as_str()))
}
