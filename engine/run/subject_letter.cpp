#include "engine/run/subject_letter.hpp"

namespace brugwacht {

std::string answer_letter(const ProjectSettings& settings, const RequestEntry& entry, Date today, const Texts& texts) {
    const auto given = [](const std::string& value) { return std::string(value.empty() ? "no" : "yes"); };
    const std::string& controller = settings.controller.empty() ? settings.organisation : settings.controller;
    const TextArgs args{{"right", texts("subject.right." + entry.right)},
                        {"request", entry.id},
                        {"received", texts.date(entry.received)},
                        {"due", texts.date(entry.due)},
                        {"date", texts.date(today)},
                        {"has_controller", given(controller)},
                        {"controller", controller},
                        {"has_contact", given(settings.contact)},
                        {"contact", settings.contact},
                        {"has_dpo", given(settings.dpo)},
                        {"dpo", settings.dpo},
                        {"has_authority", given(settings.authority)},
                        {"authority", settings.authority}};
    std::string letter = "# " + texts("subject.letter.title", args) + "\n\n";
    for (const char* part : {"opening", "received"}) letter += texts(std::string("subject.letter.") + part, args) + "\n\n";
    letter += texts("subject.letter.answer." + entry.right, args) + "\n\n";
    for (const char* part : {"questions", "complaint", "closing"}) letter += texts(std::string("subject.letter.") + part, args) + "\n\n";
    letter.pop_back();
    return letter;
}

}  // namespace brugwacht
