#include "tests/support/names.hpp"

namespace brugwacht {
namespace {

constexpr std::string_view kDutchGirls[] = {
    "Emma", "Marie|Mary", "Louise", "Noor|Nour", "Elise|Élise",       "Julie", "Lotte", "Fien|Fientje", "Zoë|Zoe", "Anaïs|Anais",
    "Lore", "Hanne",      "Ella",   "Mila",      "Chloé|Chloë|Chloe", "Nele"};
constexpr std::string_view kDutchBoys[] = {"Noah",           "Arthur", "Lucas|Lukas", "Louis",        "Jules", "Finn|Fin",
                                           "Mathis|Matisse", "Seppe",  "Wout",        "Lars",         "Stan",  "Jérôme|Jerome",
                                           "Thibault|Tibo",  "Daan",   "Lowie",       "Viktor|Victor"};
constexpr std::string_view kDutchFamilies[] = {"Peeters",
                                               "Janssens|Jansens",
                                               "Maes",
                                               "Jacobs",
                                               "Willems",
                                               "Claes|Claeys",
                                               "Goossens",
                                               "Wouters",
                                               "De Smet|Desmet|De Smedt",
                                               "Van den Broeck|Vandenbroeck|Van Den Broeck",
                                               "De Visscher|Devisscher",
                                               "Vander Linden|Van der Linden|Vanderlinden",
                                               "D'hondt|D'Hondt|Dhondt",
                                               "Van de Velde|Vandevelde|Van De Velde",
                                               "Verhaegen|Verhaeghen",
                                               "De Backer|Debacker",
                                               "Van Damme|Vandamme",
                                               "Hermans",
                                               "Michiels",
                                               "Lemmens",
                                               "Cools",
                                               "Aerts",
                                               "Segers",
                                               "Baert",
                                               "Callens",
                                               "Dierickx|Dierckx",
                                               "Geeraerts|Geeraert",
                                               "Roels",
                                               "Smets",
                                               "Thijs|Thys",
                                               "Verstraete|Verstraeten",
                                               "Wyns|Wijns"};

constexpr std::string_view kArabicGirls[] = {"Fatima|Fatma|Fatimah",
                                             "Yasmine|Yasmin|Jasmine",
                                             "Salma",
                                             "Inaya|Inaaya",
                                             "Nour|Noor",
                                             "Hafsa|Hafssa",
                                             "Aïcha|Aicha|Aisha",
                                             "Malak|Malaak",
                                             "Imane|Iman",
                                             "Khadija|Khadidja",
                                             "Samira",
                                             "Lina",
                                             "Rania|Ranya",
                                             "Douaa|Doua"};
constexpr std::string_view kArabicBoys[] = {"Mohamed|Mohammed|Muhammad",
                                            "Youssef|Yusuf|Yousef",
                                            "Adam",
                                            "Ayoub|Ayyoub",
                                            "Bilal",
                                            "Ilyas|Ilias|Elias",
                                            "Hamza",
                                            "Ibrahim|Brahim",
                                            "Anas",
                                            "Omar|Omer",
                                            "Abdelkarim|Abdulkarim|Abdel Karim",
                                            "Rayan|Rayane|Ryan",
                                            "Soufiane|Sofian|Soufian",
                                            "Zakaria|Zakariya"};
constexpr std::string_view kArabicFamilies[] = {"El Amrani|Elamrani|El-Amrani",
                                                "Ben Ali|Benali",
                                                "Aït Lahcen|Ait Lahcen|Aitlahcen",
                                                "El Idrissi|Elidrissi|Idrissi",
                                                "Bouzidi|Bouzidy",
                                                "Haddad|Haddadi",
                                                "Al Masri|Almasri|Al-Masri",
                                                "Chaoui|Chaouki",
                                                "El Hajji|Elhajji|El Haji",
                                                "Benhaddou|Ben Haddou",
                                                "Oulad Said|Ouladsaid",
                                                "Tahiri|Tahiry",
                                                "Mansouri|Mansoury",
                                                "Al Hamad|Alhamad",
                                                "Khalil|Khaleel",
                                                "Abdelaziz|Abdulaziz",
                                                "Zeroual|Zerouali",
                                                "Amrouch|Amrouche"};

constexpr std::string_view kTurkishGirls[] = {"Elif", "Zeynep", "Ayşe|Ayse", "Defne",        "Merve", "Büşra|Busra|Büsra",
                                              "Esra", "Nisa",   "Ceren",     "Gülsüm|Gulsum"};
constexpr std::string_view kTurkishBoys[] = {"Mehmet",           "Emir",           "Yiğit|Yigit",       "Ömer|Omer",
                                             "Mustafa|Moustafa", "Kerem",          "Çağan|Cagan|Çagan", "Emre",
                                             "Barış|Baris",      "Hüseyin|Huseyin"};
constexpr std::string_view kTurkishFamilies[] = {"Yıldız|Yildiz", "Şahin|Sahin",  "Öztürk|Ozturk", "Demir",
                                                 "Kaya",          "Çelik|Celik",  "Yılmaz|Yilmaz", "Aydın|Aydin",
                                                 "Koç|Koc",       "Arslan|Aslan", "Doğan|Dogan",   "Güneş|Gunes|Günes"};

constexpr std::string_view kUkrainianGirls[] = {"Oleksandra|Alexandra|Aleksandra",
                                                "Anastasiia|Anastasia|Anastasiya",
                                                "Kateryna|Katerina",
                                                "Mariia|Maria|Mariya",
                                                "Yuliia|Julia|Yulia",
                                                "Sofiia|Sofia",
                                                "Daryna|Darina",
                                                "Polina"};
constexpr std::string_view kUkrainianBoys[] = {"Oleksandr|Alexander|Aleksandr",
                                               "Serhii|Sergey|Serhiy",
                                               "Andrii|Andriy|Andrei",
                                               "Dmytro|Dmitri|Dmitry",
                                               "Mykola|Nikolai",
                                               "Maksym|Maxim|Maksim",
                                               "Ihor|Igor",
                                               "Volodymyr|Vladimir"};
constexpr std::string_view kUkrainianFamilies[] = {
    "Shevchenko|Sjevtsjenko", "Kovalenko",       "Bondarenko",          "Tkachenko|Tkatsjenko", "Kravchuk|Kravtsjoek",
    "Melnyk|Melnik",          "Lysenko|Lisenko", "Hrytsenko|Gritsenko", "Savchuk|Savtsjoek",    "Polishchuk|Polisjtsjoek"};

constexpr std::string_view kAfghanGirls[] = {"Zahra",   "Maryam|Mariam",    "Parwana|Parvana",
                                             "Shabnam", "Nilofar|Niloufar", "Fereshta|Freshta"};
constexpr std::string_view kAfghanBoys[] = {"Ahmad|Ahmed", "Hamid|Hameed",         "Farid|Fareed", "Milad|Meelad",
                                            "Reza|Riza",   "Samiullah|Sami Ullah", "Najib|Najeeb"};
constexpr std::string_view kAfghanFamilies[] = {"Ahmadi|Ahmady", "Rahimi|Rahimy", "Hosseini|Hussaini|Husseini", "Noori|Nuri",
                                                "Karimi|Karimy", "Safi|Saafi",    "Stanekzai|Stanikzai",        "Mohammadi|Mohamadi"};

constexpr std::string_view kPolishGirls[] = {"Zuzanna|Zuzana",    "Oliwia|Olivia",         "Łucja|Lucja|Lucia",
                                             "Wiktoria|Victoria", "Małgorzata|Malgorzata", "Hanna"};
constexpr std::string_view kPolishBoys[] = {"Jakub|Jacob", "Szymon|Simon", "Michał|Michal", "Piotr|Pjotr", "Paweł|Pawel", "Wojciech"};
constexpr std::string_view kPolishFamilies[] = {"Kowalski|Kowalska",   "Wiśniewski|Wisniewski", "Wójcik|Wojcik",
                                                "Zieliński|Zielinski", "Szymański|Szymanski",   "Dąbrowski|Dabrowski"};

constexpr std::string_view kAfricanGirls[] = {"Grace|Grâce", "Amara",  "Blessing", "Naomi|Noémie",
                                              "Hodan",       "Divine", "Ruth",     "Mariam|Maryam"};
constexpr std::string_view kAfricanBoys[] = {"Emmanuel", "Josué|Josue",   "Abdi",        "Kwame",
                                             "Samuel",   "Cédric|Cedric", "Moïse|Moise", "Yonas|Jonas"};
constexpr std::string_view kAfricanFamilies[] = {
    "Mbuyi|M'buyi",           "Kabongo", "Diallo",      "Osei", "Tesfay|Tesfaye", "Hassan Ali|Hassan-Ali|Hassanali",
    "N'Diaye|Ndiaye|N'diaye", "Mutombo", "Okoro|Okoroh"};

constexpr NameStock kStocks[] = {
    {"Nederlands", 30, kDutchGirls, kDutchBoys, kDutchFamilies, false},
    {"Arabisch", 27, kArabicGirls, kArabicBoys, kArabicFamilies, false},
    {"Turks", 11, kTurkishGirls, kTurkishBoys, kTurkishFamilies, false},
    {"Oekraïens", 10, kUkrainianGirls, kUkrainianBoys, kUkrainianFamilies, false},
    {"Dari", 9, kAfghanGirls, kAfghanBoys, kAfghanFamilies, true},
    {"Pools", 6, kPolishGirls, kPolishBoys, kPolishFamilies, false},
    {"Frans", 7, kAfricanGirls, kAfricanBoys, kAfricanFamilies, true},
};

constexpr Town kTowns[] = {{"3500", "Hasselt"},  {"3500", "Hasselt"},    {"3500", "Hasselt"},      {"3500", "Hasselt"},
                           {"3510", "Kermt"},    {"3511", "Kuringen"},   {"3501", "Wimmertingen"}, {"3512", "Stevoort"},
                           {"3520", "Zonhoven"}, {"3590", "Diepenbeek"}, {"3600", "Genk"},         {"3550", "Heusden-Zolder"}};

constexpr std::string_view kStreets[] = {"Kerkstraat",     "Schoolstraat",  "Dorpsstraat", "Stationsstraat", "Molenstraat", "Nieuwstraat",
                                         "Kapelstraat",    "Lindelaan",     "Beukenlaan",  "Acacialaan",     "Veldstraat",  "Zandstraat",
                                         "Sint-Jansplein", "Bloemenstraat", "Eikenlaan",   "Hoogstraat",     "Groenstraat", "Wilgenpad",
                                         "Kasteelstraat",  "Vijverstraat",  "Broekstraat", "Tuinwijk",       "Rozenlaan",   "Merelstraat"};

}  // namespace

std::span<const NameStock> name_stocks() { return kStocks; }
std::span<const Town> towns() { return kTowns; }
std::span<const std::string_view> streets() { return kStreets; }

unsigned spellings(std::string_view name) {
    unsigned count = 1;
    for (const char c : name) count += c == '|' ? 1U : 0U;
    return count;
}

std::string_view spelling(std::string_view name, unsigned index) {
    for (index %= spellings(name); index > 0; --index) name.remove_prefix(name.find('|') + 1);
    return name.substr(0, name.find('|'));
}

}  // namespace brugwacht
