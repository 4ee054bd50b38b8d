#include "tests/support/mapping_examples.hpp"

#include <xlsxwriter.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "engine/core/date.hpp"

namespace brugwacht {
namespace {

constexpr const char* kTicked = "<INPUT TYPE=\"CHECKBOX\" CHECKED DISABLED/>";
constexpr const char* kUnticked = "<INPUT TYPE=\"CHECKBOX\" DISABLED/>";

std::vector<MappingExample> make_examples() {
    std::vector<MappingExample> all;

    // ------------------------------------------------------------ Stamhoofd and its family
    all.push_back({
        .title = "StamhoofdWithCategories",
        .mapping = "stamhoofd",
        .file = "export.xlsx",
        .as = Written::Workbook,
        .sheets = {{"Leden",
                    {{"", "", "", "", "", "", "", "", "", "", "Ouder 1", "", "", "", "Ouder 2", "", "Noodcontact 1", ""},
                     {"ID", "Lidnummer", "Voornaam", "Achternaam", "Geboortedatum", "Geslacht", "Straat", "Nummer", "Postcode", "Stad",
                      "Type", "Voornaam", "Achternaam", "Telefoonnummer", "Voornaam", "Telefoonnummer", "Naam", "Telefoonnummer"},
                     {"m-1", "L1", "Lotte", "Claes", "@2012-05-12", "Vrouw", "Kerkstraat", "12", "9000", "Gent", "Mama", "Mia", "Maes",
                      "0475 12 34 56", "Tom", "", "Oma", "0476 11 22 33"},
                     {"m-2", "L2", "Bo", "Maes", "@2013-01-01", "Andere", "Dorp", "#3", "9030", "Gent", "Papa", "Jan", "Maes", "", "Els",
                      "0477 12 34 56", "", ""}},
                    1},
                   {"Inschrijvingen",
                    {{"", "", "", "", "", "", "", "", "", "Ouder 1", "", "", "", "", ""},
                     {"ID", "Inschrijvingsdatum", "Startdatum", "Einddatum", "Vereniging", "Proefperiode", "Lidnummer", "Voornaam",
                      "Achternaam", "Type", "Voornaam", "Telefoonnummer", "Rijksregisternummer", "Geboortedatum", "Type"},
                     {"r-1", "@2025-08-20", "@2025-09-01", "@2026-08-31", "KSA Voorbeeld", "", "L1", "Lotte", "Claes", "Mama", "Mia",
                      "0475 12 34 56", "85.07.30-033.28", "@2012-05-12", "Inschrijvingsgroep"},
                     {"r-2", "@2025-08-21", "@2025-09-01", "@2026-08-31", "KSA Voorbeeld", "@2025-09-15", "L2", "Bo", "Maes", "Papa", "Jan",
                      "", "", "@2013-01-01", "Inschrijvingsgroep"},
                     {"r-3", "@2025-08-22", "@2025-09-01", "", "KSA Voorbeeld", "", "L3", "Sam", "Wouters", "", "", "", "", "@2014-02-03",
                      "Wachtlijst"}},
                    1}},
        .records = {{"person", 5}, {"club", 3}, {"event", 3}},
        .findings = {{"POL-001", 1}},
        .stored = {{"person", 3}, {"club", 1}, {"event", 3}},
        .fixed_order = true,
    });
    all.push_back({
        .title = "StamhoofdInOneHeaderRow",
        .mapping = "stamhoofd",
        .file = "inschrijvingen.xlsx",
        .as = Written::Workbook,
        .sheets = {{"Inschrijvingen",
                    {{"Nummer", "Voornaam", "Achternaam", "Geboortedatum", "Groep", "Inschrijvingsdatum", "Startdatum", "Proefperiode",
                      "Type", "Straat", "Nummer", "UiTPAS-nummer", "Ouder 1 Voornaam", "Notities"},
                     {"K1", "Lotte", "Claes", "@2012-05-12", "KSA Voorbeeld", "@2025-08-20", "@2025-09-01", "", "Inschrijvingsgroep",
                      "Kerkstraat", "12", "0900000095902", "Mia", "mama belde, 85073003328"},
                     {"K2", "Bo", "Maes", "@2013-01-01", "KSA Voorbeeld", "@2025-08-20", "", "@2025-09-15", "Activiteit", "Dorp", "3 bus 2",
                      "", "", ""}}}},
        .records = {{"person", 2}, {"club", 2}, {"event", 1}},
        .findings = {{"POL-001", 1}, {"POL-002", 1}},
        .stored = {{"person", 2}, {"club", 1}, {"event", 1}},
        .fixed_order = true,
    });

    // ------------------------------------------------------------ Scouts en Gidsen Vlaanderen
    all.push_back({
        .title = "ScoutsMemberList",
        .mapping = "scouts-groepsadministratie",
        .file = "ledenlijst.csv",
        .as = Written::Scouts,
        .sheets = {{"",
                    {{"Voornaam", "Achternaam", "Lidnummer", "Geboortedatum", "Geslacht", "Groepsnaam", "Functie", "Begin", "Einde", "Gsm",
                      "Verminderd lidgeld", "Individuele steekkaart", "Beperking", "Eigen veld \"trui\""},
                     {"Lotte", "Claes", "2012051200123", "2012-05-12", "m", "Scouts Voorbeeld", "Kapoenen", "2024-09-01", "2025-08-31",
                      "0499 12 34 56", kTicked, "2025-01-01", kUnticked, "maat M; rood"},
                     {"Lotte", "Claes", "2012051200123", "2012-05-12", "m", "Scouts Voorbeeld", "Welpen", "2025-09-01", "", "0499 12 34 56",
                      kTicked, "", kUnticked, ""},
                     {"Bo", "De \"Witte\"", "2013010100456", "01/01/2013", "vrouw", "Scouts Voorbeeld", "Welpen", "15/09/2025", "",
                      "016/22.33.44", kUnticked, "", kUnticked, "nr 17.07.30-033.84"},
                     {"An", "Peeters", "2000010100789", "2000-01-01", "v", "Scouts Voorbeeld", "Welpenleiding", "2023-09-01", "",
                      "+32 411 11 11 11", kUnticked, "", kUnticked, ""}}}},
        .records = {{"person", 3}, {"club", 3}, {"event", 4}},
        .findings = {{"POL-001", 1}},
        .skipped = 1,
        .stored = {{"person", 2}, {"club", 1}, {"event", 4}},
    });

    // ------------------------------------------------------------ Chiro
    all.push_back({
        .title = "ChiroMemberList",
        .mapping = "chiro-gap",
        .file = "leden 2025-10-15.xlsx",
        .as = Written::Workbook,
        .sheets =
            {{"Ledenlijst",
              {{"Type",          "AD-nummer", "Voornaam", "Naam",   "Geslacht", "Afdelingen", "Functies",
                "Geboortedatum", "Betaald",   "Straat 1", "Nr. 1",  "Bus 1",    "Postnr. 1",  "Postcode 1",
                "Woonplaats 1",  "Land 1",    "Straat 2", "Nr. 2",  "Bus 2",    "Postnr. 2",  "Postcode 2",
                "Woonplaats 2",  "Land 2",    "Tel. 1",   "Tel. 2", "E-mail 1", "E-mail 2"},
               {"Kind",
                "#123456",
                "Lotte",
                "Claes",
                "Vrouw",
                "SP RK",
                "",
                "12/05/2012",
                "Ja",
                "Kerkstraat",
                "12",
                "3",
                "#9000",
                "",
                "Gent",
                "",
                "Dorp",
                "1",
                "",
                "#9030",
                "",
                "Gent",
                "",
                "0475/12.34.56 (mama)",
                "09 222 33 44",
                "Lotte Claes (mama) <mama@voorbeeld.be>",
                ""},
               {"Kind",  "#123457",
                "Bo",    "Maes",
                "X",     "SP",
                "",      "@2013-01-01",
                "Nee",   "Dorp",
                "3",     "",
                "#9030", "",
                "Gent",  "",
                "",      "",
                "",      "",
                "",      "",
                "",      "85.07.30-033.28 (rijksregister)",
                "",      "Bo Maes <bo@voorbeeld.be>",
                ""},
               {"Leiding", "#99", "An", "Peeters", "Vrouw", "SP", "GG1", "01/01/2003", "Ja", "", "", "", "",
                "",        "",    "",   "",        "",      "",   "",    "",           "",   "", "", "", "An Peeters <an@voorbeeld.be>",
                ""}}},
             {"Adressen", {{"AD-nummer", "Voornaam", "Naam", "Straat", "Type"}, {"#123456", "Lotte", "Claes", "Kerkstraat", "Thuis"}}},
             {"Communicatie",
              {{"AD-nummer", "Voornaam", "Naam", "Type", "Nummer", "Type"},
               {"#123456", "Lotte", "Claes", "Telefoon", "0475123456", "Privé"}}}},
        .records = {{"person", 2}, {"club", 2}, {"event", 2}},
        .findings = {{"POL-001", 1}},
        .skipped = 1,
        .stored = {{"person", 2}, {"club", 1}, {"event", 2}},
    });
    all.push_back({
        .title = "ChiroOutingList",
        .mapping = "chiro-gap",
        .file = "bivak.xlsx",
        .as = Written::Workbook,
        .sheets = {{"Ledenlijst",
                    {{"AD-nummer", "Voornaam", "Familienaam", "Geboortedatum", "Geslacht", "Telefoon", "Emailadres", "Straat", "Huisnummer",
                      "Postcode", "Woonplaats", "Land", "Afdelingen", "Functie", "Contactpersoon", "Betaald", "Medische fiche",
                      "Opmerkingen"},
                     {"#123456", "Lotte", "Claes", "12/05/2012", "Onbekend", "0475 12 34 56", "mama@voorbeeld.be", "Kerkstraat", "12",
                      "9000", "Gent", "", "SP", "", "", "Ja", "Ja", "allergie, kaart 0900000095902"}}}},
        .records = {{"person", 1}},
        .findings = {{"POL-002", 1}},
        .stored = {{"person", 1}, {"event", 0}},
    });

    // ------------------------------------------------------------ UiTPAS
    all.push_back({
        .title = "UitpasCounter",
        .mapping = "uitpas-balie",
        .file = "passholders.csv",
        .as = Written::Semicolon,
        .sheets = {{"",
                    {{"UiTPAS nummer", "Naam", "Voornaam", "Geboortedatum", "Geslacht", "Adres", "Postcode", "Gemeente", "Telefoon", "GSM",
                      "Nationaliteit", "Kansenstatuut einddatum", "ID"},
                     {"0900000095902", "Claes", "Lotte", "12-05-2012", "Vrouw", "Kerkstraat 12 /0003", "9000", "Gent", "", "0475123456",
                      "Maan", "31-12-2026", "3a5f6c1e-1111-4222-8333-444455556666"},
                     {"0930000420206", "Maes", "Bo", "01-01-2013", "Man", "Dorp 3", "1090", "Jette (Brussel)", "092223344", "", "", "",
                      "3a5f6c1e-1111-4222-8333-444455556667"}}}},
        .records = {{"person", 2}},
        .findings = {{"POL-002", 2}},
        .stored = {{"person", 2}},
    });

    MappingExample as_xml = all.back();
    as_xml.title = "UitpasCounterAsDownloaded";
    as_xml.file = "passholders.xls";
    as_xml.as = Written::Spreadsheetml;
    as_xml.sheets.front().name = "Sheet1";
    all.push_back(as_xml);

    // ------------------------------------------------------------ CiviCRM
    all.push_back({
        .title = "CiviContacts",
        .mapping = "civicrm",
        .file = "CiviCRM_Contact_Search.csv",
        .as = Written::Civi,
        .sheets = {{"",
                    {{"Contact-ID", "Contacttype", "Voornaam", "Achternaam", "Geslacht", "Geboortedatum", "Adres", "Postcode", "Plaats",
                      "Telefoon", "E-mail", "Contactsubtype", "Notities"},
                     {"101", "Individu", "Lotte", "Claes", "Vrouw", "2012-05-12", "Kerkstraat 12", "9000", "Gent", "0475123456;092223344",
                      "mama@voorbeeld.be;papa@voorbeeld.be", "Kind;Deelnemer", "regel een\nregel twee 85073003328"},
                     {"102", "Organisatie", "", "", "", "", "Markt 1", "9000", "Gent", "", "info@voorbeeld.be", "", ""},
                     {"103", "Individu", "Bo", "Maes", "", "", "", "", "", "", "", "", ""}}}},
        .records = {{"person", 2}},
        .findings = {{"POL-001", 1}},
        .skipped = 1,
        .stored = {{"person", 2}},
    });
    all.push_back({
        .title = "CiviActivities",
        .mapping = "civicrm",
        .file = "Report_activities.csv",
        .as = Written::Civi,
        .sheets = {{"",
                    {{"Activity ID", "Added By", "With Contact", "Activity Type", "Subject", "Activity Date", "Activity Status", "Duration",
                      "Details"},
                     {"1", "Peeters, An", "Claes, Lotte", "Meeting", "kennismaking bij Lotte", "2025-09-10 14:30:00", "Completed", "45",
                      "mama vertelt"},
                     {"2", "Peeters, An", "Maes, Bo", "Phone Call", "", "15/09/2025 09:05", "Completed", "", ""},
                     {"3", "Peeters, An", "Maes, Bo", "Meeting", "", "2026-09-10 14:30:00", "Scheduled", "60", ""},
                     {"4", "System", "Maes, Bo", "Bulk Email", "", "September 1st, 2025  3:00 PM", "Completed", "", ""},
                     {"5", "Peeters, An", "", "Home Visit", "", "October 2nd, 2025  3:00 PM", "Completed", "90", ""}}}},
        .records = {{"worker", 3}, {"activity", 3}},
        .skipped = 2,
        .stored = {{"worker", 1}, {"activity", 3}, {"person", 0}},
    });
    all.push_back({
        .title = "CiviParticipants",
        .mapping = "civicrm",
        .file = "participants.csv",
        .as = Written::Civi,
        .sheets = {{"",
                    {{"ID du participant", "ID du contact", "Prénom", "Nom", "Statut du participant", "Titre de l'événement",
                      "Date de début de l'événement"},
                     {"7", "101", "Lotte", "Claes", "Présent", "Initiation", "10/09/2025 14:00"},
                     {"8", "101", "Lotte", "Claes", "Absent", "Initiation", "17/09/2025 14:00"},
                     {"9", "103", "Bo", "Maes", "Inscrit", "Initiation", "17/09/2025 14:00"}}}},
        .records = {{"person", 3}, {"event", 2}},
        .stored = {{"person", 2}, {"event", 2}},
    });
    all.push_back({
        .title = "CiviCases",
        .mapping = "civicrm",
        .file = "dossiers.csv",
        .as = Written::Civi,
        .sheets = {{"",
                    {{"Dossier-ID", "Contact-ID", "Voornaam", "Achternaam", "Geboortedatum", "Dossiertype", "Startdatum dossier",
                      "Einddatum dossier"},
                     {"31", "101", "Lotte", "Claes", "2012-05-12", "Toeleiding", "2025-09-01", "2026-03-01"},
                     {"32", "103", "Bo", "Maes", "", "Toeleiding", "2025-10-01", ""}}}},
        .records = {{"person", 2}, {"trajectory", 2}, {"event", 1}},
        .stored = {{"person", 2}, {"trajectory", 2}, {"event", 1}},
    });

    MappingExample report = *std::find_if(all.begin(), all.end(), [](const MappingExample& e) { return e.title == "CiviActivities"; });
    report.title = "CiviActivitiesAsReport";
    report.file = "Report_activities.xls";
    report.as = Written::Html;
    all.push_back(report);

    // ------------------------------------------------------------ member lists
    all.push_back({
        .title = "MemberListInDutch",
        .mapping = "ledenlijst",
        .file = "voetbal.csv",
        .as = Written::Semicolon,
        .sheets = {{"",
                    {{"Ledenlijst seizoen 2025-2026, stand op 15/10/2025", ""},
                     {"Lidnr", "Voornaam", "Tussenvoegsel", "Achternaam", "Geb.datum", "M/V", "Postcode", "Gsm ouder", "Club", "Lid sinds",
                      "Lid tot", "Reden", "Rekening"},
                     {"V1", "Lotte", "van", "Claes", "12/05/2012", "V", "9000", "475123456", "VK Voorbeeld", "1/9/2025", "", "",
                      "BE68 5390 0754 7034"},
                     {"V2", "Bo", "", "Maes", "2013", "M", "9030", "", "VK Voorbeeld", "01-09-24", "30-6-25", "te duur", "170730-033.84"}},
                    1}},
        .records = {{"person", 2}, {"club", 2}, {"event", 4}},
        .findings = {{"POL-001", 1}},
        .stored = {{"person", 2}, {"club", 1}, {"event", 4}},
    });
    all.push_back({
        .title = "MemberListInFrench",
        .mapping = "ledenlijst",
        .file = "membres.csv",
        .as = Written::Semicolon,
        .sheets = {{"",
                    {{"N° de membre", "Nom", "Prénom", "Date de naissance", "Sexe", "Code postal", "Commune", "Membre depuis",
                      "Date de fin"},
                     {"F1", "Claes", "Lotte", "12/05/2012", "F", "1000", "Bruxelles", "1er septembre 2025", ""},
                     {"F2", "Maes", "Bo", "01/01/2013", "H", "1030", "Schaerbeek", "01/09/2024", "30/06/2025"}}}},
        .records = {{"person", 2}, {"event", 3}},
        .stored = {{"person", 2}, {"event", 3}},
    });
    all.push_back({
        .title = "MemberListInEnglish",
        .mapping = "ledenlijst",
        .file = "members.csv",
        .as = Written::Comma,
        .sheets = {{"",
                    {{"Member number", "Last name", "First name", "Date of birth", "Gender", "Joined on", "Left on"},
                     {"E1", "Claes", "Lotte", "12/05/2012", "female", "2025-09-01", ""},
                     {"E2", "O'Neill, jr", "Bo", "01/01/2013", "male", "2024-09-01", "2025-06-30"}}}},
        .records = {{"person", 2}, {"event", 3}},
        .stored = {{"person", 2}, {"event", 3}},
    });

    // ------------------------------------------------------------ sheets people keep themselves
    all.push_back({
        .title = "RegistrationInDutch",
        .mapping = "registratie-excel",
        .file = "toeleidingen.csv",
        .as = Written::Semicolon,
        .sheets = {{"",
                    {{"Nr", "Voornaam", "Familienaam", "Geb. datum", "Tel. ouder", "Verwijzer", "Start traject", "Proefles 1", "Proefles 2",
                      "Proefles 4", "Vereniging", "Soort vereniging", "Ingeschreven op", "Werkjaar", "Navraag op", "Neemt nog deel",
                      "Opmerkingen"},
                     {"1", "Lotte", "Claes", "12/05/2012", "0475/12.34.56", "OCMW", "01/09/2025", "08/09/2025", "15/09/2025", "29/09/2025",
                      "Chiro Voorbeeld", "Chiro", "01/10/2025", "2025-2026", "01/04/2026", "ja", "rijksregisternr: 85.07.30-033.28"},
                     {"2", "Bo", "Maes", "2013", "", "school", "02/09/2025", "", "", "", "", "", "", "", "", "", ""}}}},
        .records = {{"person", 2}, {"club", 1}, {"trajectory", 2}, {"event", 5}},
        .findings = {{"POL-001", 1}},
        .stored = {{"person", 2}, {"club", 1}, {"trajectory", 2}, {"event", 5}},
    });
    all.push_back({
        .title = "RegistrationOfTwoYears",
        .mapping = "registratie-excel",
        .file = "kinderen.xlsx",
        .as = Written::Workbook,
        .sheets = {{"2024-2025",
                    {{"Nr", "Voornaam", "Naam", "Geboortedatum", "Startdatum", "Proef 1"},
                     {"#1", "Lotte", "Claes", "@2012-05-12", "@2024-09-10", "@2024-09-20"}}},
                   {"2025-2026",
                    {{"Nr", "Voornaam", "Naam", "Geboortedatum", "Startdatum", "Proef 1"},
                     {"#1", "Bo", "Maes", "@2013-01-01", "@2025-09-10", "@2025-09-20"}}}},
        .records = {{"person", 2}, {"trajectory", 2}, {"event", 2}},
        .stored = {{"person", 2}, {"trajectory", 2}, {"event", 2}},
    });
    all.push_back({
        .title = "RegistrationInFrench",
        .mapping = "registratie-excel",
        .file = "suivi.csv",
        .as = Written::Semicolon,
        .sheets = {{"",
                    {{"N°", "Prénom", "Nom", "Date de naissance", "Orienté par", "Début du parcours", "1er essai", "2e essai",
                      "Association", "Inscrit le", "Arrêté le", "Motif"},
                     {"1", "Lotte", "Claes", "12/05/2012", "CPAS", "01/09/2025", "08/09/2025", "15/09/2025", "Patro Exemple", "01/10/2025",
                      "01/03/2026", "trop cher"}}}},
        .records = {{"person", 1}, {"club", 1}, {"trajectory", 1}, {"event", 4}},
        .stored = {{"person", 1}, {"club", 1}, {"trajectory", 1}, {"event", 4}},
    });
    all.push_back({
        .title = "RegistrationInEnglish",
        .mapping = "registratie-excel",
        .file = "guidance.csv",
        .as = Written::Comma,
        .sheets = {{"",
                    {{"No", "First name", "Surname", "Date of birth", "Referred by", "Intake date", "Trial 1", "Trial 2", "Club",
                      "Enrolled on", "Lost contact on"},
                     {"1", "Lotte", "Claes", "12/05/2012", "school", "01/09/2025", "08/09/2025", "15/09/2025", "Example Club", "01/10/2025",
                      ""},
                     {"2", "Bo", "Maes", "", "", "01/09/2025", "", "", "", "", "01/12/2025"}}}},
        .records = {{"person", 2}, {"club", 1}, {"trajectory", 2}, {"event", 4}},
        .stored = {{"person", 2}, {"club", 1}, {"trajectory", 2}, {"event", 4}},
    });
    all.push_back({
        .title = "ActivityLog",
        .mapping = "activiteitenlog",
        .file = "logboek.csv",
        .as = Written::Semicolon,
        .sheets = {{"",
                    {{"Nr", "Datum", "Duur", "Soort", "Met wie", "Organisatie", "Medewerker", "Verslag"},
                     {"1", "10/09/2025", "1u30", "huisbezoek", "gezin", "", "An", "mama zei 17073003384"},
                     {"2", "11/09/2025", "45", "overleg", "lokaal bestuur", "Jeugddienst Voorbeeld", "An", ""}}}},
        .records = {{"worker", 2}, {"activity", 2}},
        .findings = {{"POL-001", 1}},
        .stored = {{"worker", 1}, {"activity", 2}},
    });
    return all;
}

bool plain(const std::string& text) { return text.find_first_of("\",;\n") == std::string::npos; }

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

std::string without_mark(const std::string& text) { return text.starts_with('@') || text.starts_with('#') ? text.substr(1) : text; }

std::string text_file(const MappingExample& example) {
    std::string out;
    const ExampleSheet& sheet = example.sheets.front();
    const std::string separator = example.as == Written::Comma ? "," : ";";
    for (std::size_t r = 0; r < sheet.rows.size(); ++r) {
        const std::vector<std::string>& row = sheet.rows[r];
        for (std::size_t c = 0; c < row.size(); ++c) {
            const std::string text = without_mark(row[c]);
            const bool header = r <= sheet.header;
            const bool quote = example.as == Written::Scouts ? !header : example.as == Written::Civi ? !text.empty() : !plain(text);
            out += (c == 0 ? "" : separator) + (quote ? quoted(text) : text);
        }
        if (example.as == Written::Scouts) out += separator;
        out += example.as == Written::Civi ? "\r\n" : "\n";
    }
    return out;
}

void write_workbook(const MappingExample& example, const std::filesystem::path& path) {
    lxw_workbook* book = workbook_new(path.c_str());
    if (book == nullptr) throw std::runtime_error("cannot write " + path.string());
    lxw_format* day = workbook_add_format(book);
    format_set_num_format_index(day, 14);
    for (const ExampleSheet& sheet : example.sheets) {
        lxw_worksheet* tab = workbook_add_worksheet(book, sheet.name.c_str());
        for (std::size_t r = 0; r < sheet.rows.size(); ++r)
            for (std::size_t c = 0; c < sheet.rows[r].size(); ++c) {
                const std::string& text = sheet.rows[r][c];
                const auto row = static_cast<lxw_row_t>(r);
                const auto column = static_cast<lxw_col_t>(c);
                if (text.starts_with('@')) {
                    const double serial = Date::parse_iso(text.substr(1)).value().days() + 25569 + 0.395833;  // half past nine
                    worksheet_write_number(tab, row, column, serial, day);
                } else if (text.starts_with('#')) {
                    worksheet_write_number(tab, row, column, std::stod(text.substr(1)), nullptr);
                } else if (!text.empty()) {
                    worksheet_write_string(tab, row, column, text.c_str(), nullptr);
                }
            }
    }
    if (workbook_close(book) != LXW_NO_ERROR) throw std::runtime_error("cannot write " + path.string());
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    return out;
}

std::string xml_file(const MappingExample& example) {
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" "
        "xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\n";
    for (const ExampleSheet& sheet : example.sheets) {
        out += "<Worksheet ss:Name=\"" + sheet.name + "\"><Table>\n";
        for (const std::vector<std::string>& row : sheet.rows) {
            out += "<Row>";
            for (const std::string& text : row) out += "<Cell><Data ss:Type=\"String\">" + escaped(without_mark(text)) + "</Data></Cell>";
            out += "</Row>\n";
        }
        out += "</Table></Worksheet>\n";
    }
    return out + "</Workbook>\n";
}

std::string html_file(const MappingExample& example) {
    std::string out = "<html><head><meta charset=\"utf-8\"></head><body>\n<table>\n";
    const ExampleSheet& sheet = example.sheets.front();
    for (std::size_t r = 0; r < sheet.rows.size(); ++r) {
        const std::string cell = r == sheet.header ? "th" : "td";
        out += "<tr>";
        for (const std::string& text : sheet.rows[r]) out += "<" + cell + ">" + escaped(without_mark(text)) + "</" + cell + ">";
        out += "</tr>\n";
    }
    return out + "</table></body></html>\n";
}

}  // namespace

const std::vector<MappingExample>& mapping_examples() {
    static const std::vector<MappingExample> kExamples = make_examples();
    return kExamples;
}

const MappingExample& mapping_example(const std::string& title) {
    for (const MappingExample& example : mapping_examples())
        if (example.title == title) return example;
    throw std::runtime_error("no example " + title);
}

void write_example(const MappingExample& example, const std::filesystem::path& path) {
    if (example.as == Written::Workbook) return write_workbook(example, path);
    const std::string bytes = example.as == Written::Spreadsheetml ? xml_file(example)
                              : example.as == Written::Html        ? html_file(example)
                                                                   : text_file(example);
    std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace brugwacht
